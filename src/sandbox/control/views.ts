import type { BotView, ChatView, DialogView, MessageView, UserView } from '../control-types.ts'
import type { Environment } from '../environment.ts'
import { EVERYONE } from '../methods/commands.ts'
import { webhookInfo } from '../methods/webhooks.ts'
import type { BotData, ChatData, DialogData, MessageData, UserData } from '../world/data.ts'
import { renderMessage } from '../world/render.ts'
import type { World } from '../world/world.ts'

/** The stored world in the control API's words. */

export function viewBot(environment: Environment, bot: BotData): BotView {
  const pendingUpdates = environment.updates.pending(bot).length
  return {
    id: bot.id,
    username: bot.username,
    name: bot.names[''] ?? bot.name,
    token: `${bot.id}:${bot.secret}`,
    readsAllGroupMessages: bot.readsAllGroupMessages,
    loggedOut: bot.loggedOutAtMs !== undefined,
    stars: bot.stars,
    pendingUpdates,
    webhook: webhookInfo(bot, pendingUpdates),
    commands: bot.commands[EVERYONE] ?? [],
    description: bot.descriptions[''] ?? '',
    shortDescription: bot.shortDescriptions[''] ?? '',
    privateChat: viewPrivateChat(bot),
  }
}

/** The narrower scope wins, then the person's language (Bot API, "Determining list of commands"). */
function viewPrivateChat(bot: BotData): BotView['privateChat'] {
  const written = [
    ...Object.keys(bot.commands).map((place) => place.split('/')[1] ?? ''),
    ...Object.keys(bot.descriptions),
  ]
  const languages = new Set(['', ...written])
  return Object.fromEntries(
    Array.from(languages, (language) => {
      const places = [`all_private_chats/${language}`, 'all_private_chats/', `default/${language}`, EVERYONE]
      const place = places.find((candidate) => bot.commands[candidate] !== undefined) ?? EVERYONE
      const description = bot.descriptions[language] ?? bot.descriptions[''] ?? ''
      return [language, { commands: bot.commands[place] ?? [], description }]
    }),
  )
}

export function viewUser(user: UserData): UserView {
  return { ...user }
}

export function viewChat(chat: ChatData): ChatView {
  const { id, type, title, forum, topics, deleted } = chat
  return {
    id,
    type,
    title,
    forum,
    deleted,
    topics: topics.map((topic) => ({ ...topic })),
    members: Object.entries(chat.members).map(([member, data]) => ({ id: Number(member), ...data })),
    ...(chat.username !== undefined && { username: chat.username }),
    ...(chat.upgradedTo !== undefined && { upgradedTo: chat.upgradedTo }),
  }
}

export function viewDialog(world: World, dialog: DialogData): DialogView {
  const action = world.actions.get(`${dialog.bot}/${dialog.user}`)
  return {
    ...dialog,
    messages: world.messages.inPrivateChat(dialog.bot, dialog.user).length,
    ...(action !== undefined && action.untilMs > world.clock.now() && { action }),
  }
}

export function viewMessage(world: World, message: MessageData): MessageView {
  return {
    key: message.key,
    chatId: message.chatId,
    ...(message.bot !== undefined && { bot: message.bot }),
    fromBot: message.sentByBot !== undefined,
    message: renderMessage(world, message, message.bot ?? message.sentByBot),
    ...(message.otherKeyboard !== undefined && { keyboard: message.otherKeyboard }),
    silent: message.silent,
    atMs: message.atMs,
    ...(message.deletedAtMs !== undefined && { deletedAtMs: message.deletedAtMs }),
  }
}
