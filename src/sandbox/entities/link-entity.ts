import type { MessageEntity, User } from '@grammyjs/types'
import { checkedLink, linkedUserId } from './links.ts'

/** What a piece of text with a link becomes: a mention of a user, a link, or nothing when Telegram would drop the link. */
export function linkEntity(link: string, offset: number, length: number): MessageEntity | undefined {
  const userId = linkedUserId(link)
  if (userId !== undefined) return { type: 'text_mention', offset, length, user: unknownUser(userId) }
  const url = checkedLink(link)
  return url === undefined ? undefined : { type: 'text_link', offset, length, url }
}

/** A parser knows a mentioned user's id alone; `resolveMentions` puts the person in, or drops the entity. */
export function unknownUser(id: number): User {
  return { id, is_bot: false, first_name: '' }
}

/** Completes the users of `text_mention` entities; those whom the bot has never met are dropped, as Telegram does. */
export function resolveMentions(
  entities: readonly MessageEntity[],
  userOf: (id: number) => User | undefined,
): MessageEntity[] {
  return entities.flatMap((entity): MessageEntity[] => {
    if (entity.type !== 'text_mention') return [entity]
    const user = userOf(entity.user.id)
    return user === undefined ? [] : [{ ...entity, user }]
  })
}
