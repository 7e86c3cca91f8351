import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client.ts'
import type { Problem } from './problem.ts'
import type { Schemas } from './schema.d.ts'

export type Chat = Schemas['Chat']
export type LinkCode = Schemas['LinkCode']

/** The linked chats, oldest first. */
export const chatsQuery = queryOptions({
  queryKey: ['chats'],
  queryFn: async () => (await answer(api.GET('/v1/chats'))).items,
})

/** Something that changes the chats: they are asked for again. */
function useChatChange<Answer, Wish>(mutationFn: (wish: Wish) => Promise<Answer>) {
  const queries = useQueryClient()
  return useMutation<Answer, Problem, Wish>({
    mutationFn,
    onSettled: () => queries.invalidateQueries({ queryKey: chatsQuery.queryKey }),
  })
}

/** Links the chat to which the bot gave this code. */
export function useClaimChat() {
  return useChatChange((code: string) => answer(api.POST('/v1/chats', { body: { code } })))
}

export function useChangeChat() {
  return useChatChange(({ id, ...body }: { id: string; isDefault?: true; name?: string | null }) =>
    answer(api.PATCH('/v1/chats/{id}', { params: { path: { id } }, body })),
  )
}

export function useUnlinkChat() {
  return useChatChange((id: string) => answer(api.DELETE('/v1/chats/{id}', { params: { path: { id } } })))
}
