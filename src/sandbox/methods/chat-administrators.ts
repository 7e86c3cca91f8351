import type { ChatMemberAdministrator, ChatMemberOwner } from '@grammyjs/types'
import { badRequest } from '../refusal.ts'
import { assertMember, findTarget } from '../world/access.ts'
import { renderMember } from '../world/render.ts'
import type { Method } from './method-call.ts'

/** Bot API, getChatAdministrators: the people who administer a group, supergroup or channel, without other bots. */
export const getChatAdministrators: Method<'getChatAdministrators'> = (call) => {
  const { world } = call.environment
  const target = findTarget(world, call.bot, call.parameters.text('chat_id'))
  assertMember(target)
  if (target.kind !== 'chat') throw badRequest('there are no administrators in the private chat')
  return Object.entries(target.chat.members)
    .map(([id, member]) => renderMember(world, Number(id), member))
    .filter((member): member is ChatMemberAdministrator | ChatMemberOwner => {
      const isAdministrator = member.status === 'creator' || member.status === 'administrator'
      return isAdministrator && (!member.user.is_bot || member.user.id === call.bot.id)
    })
}
