import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { answer, api } from './client.ts'
import type { Message } from './message-filter.ts'
import { messageQuery } from './messages.ts'
import type { Problem } from './problem.ts'

export interface Wish {
  text: string
  chatId: string
  silent: boolean
}

/** Characters (Unicode code points) that the API takes. */
export const LONGEST_TEXT = 32_768

/**
 * Sends a message. Pressing the button again after an answer that never came sends nothing twice: the same wish keeps its
 * idempotency key until it was accepted.
 */
export function useSendMessage(): UseMutationResult<Message, Problem, Wish> {
  const queries = useQueryClient()
  const unanswered = useRef({ wish: '', key: '' })
  return useMutation({
    mutationFn: (wish) => {
      const written = JSON.stringify(wish)
      if (unanswered.current.wish !== written) unanswered.current = { wish: written, key: newKey() }
      const header = { 'idempotency-key': unanswered.current.key }
      return answer(api.POST('/v1/messages', { params: { header }, body: wish }))
    },
    onSuccess: (message) => {
      unanswered.current = { wish: '', key: '' }
      // An event may have been quicker than the answer.
      queries.setQueryData(
        messageQuery(message.id).queryKey,
        (old) => old ?? { ...message, sendingSince: null, endedAt: null, resent: false, attempts: [] },
      )
    },
  })
}

/** 128 random bits; `randomUUID` is not there on a page that came over plain HTTP from another machine. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
