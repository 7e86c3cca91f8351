import { bind } from './bind.ts'
import { activitySince, addActivity, failuresSince, lastAnswerMs } from './queries/activity.ts'
import { backlog, countWaiting } from './queries/backlog.ts'
import { deleteBot } from './queries/delete-bot.ts'
import { deleteUser } from './queries/delete-user.ts'
import { addBot, changeBot, endTakeOver, listBotsOf, noteBotMet, resealBot } from './queries/own-bots.ts'
import { getBot, listBots, saveSharedBot, setBotState, setUpdateOffset } from './queries/bots.ts'
import { chatsOfPeer, getChat, linkChat, listChats, renameChat, setDefaultChat, unlinkChat } from './queries/chats.ts'
import {
  createAccountCode,
  createChatCode,
  createMove,
  findMove,
  hasAccountCode,
  showAccountCode,
  shownAccountCode,
  takeAccountCode,
  takeChatCode,
  takeMove,
  usedAccountCode,
  voidChatCodes,
} from './queries/codes.ts'
import { markClock } from './queries/clock-marks.ts'
import { changesSince, lastChange } from './queries/changes.ts'
import { deleteExpired } from './queries/expiry.ts'
import { cancelMessage, countMessages, getMessage, getMessageByNumber, resendMessage } from './queries/messages.ts'
import { listMessages, listMessagesWithAttempts, searchMessages } from './queries/history.ts'
import { migratePeer } from './queries/migrate-peer.ts'
import { census, listBotsWithOwners, listProcesses, listUsersWithCounts } from './queries/operator.ts'
import { findPeer, getPeer, savePeer, setPeerStatus } from './queries/peers.ts'
import { assertServes, beat, endProcess, releaseBots } from './queries/processes.ts'
import {
  createSession,
  deleteSession,
  deleteSessionsOf,
  getSession,
  listSessions,
  touchSession,
} from './queries/sessions.ts'
import { tallyMessages, waitingOf } from './queries/tallies.ts'
import { createApiToken, deleteApiToken, findApiToken, listApiTokens, touchApiToken } from './queries/tokens.ts'
import { beginUpdate, extendUpdate, failUpdate, finishUpdate, isUpdateHandled } from './queries/updates.ts'
import { createUser, findUserByLogin, getUser, listUsers, updateUser } from './queries/users.ts'
import type { Read, Write } from './schema.ts'
import type { Records } from './store.ts'

const READS = {
  activitySince,
  assertServes,
  backlog,
  census,
  changesSince,
  chatsOfPeer,
  countMessages,
  countWaiting,
  failuresSince,
  findApiToken,
  findMove,
  findPeer,
  findUserByLogin,
  getBot,
  getChat,
  getMessage,
  getMessageByNumber,
  getPeer,
  getSession,
  getUser,
  hasAccountCode,
  isUpdateHandled,
  lastAnswerMs,
  lastChange,
  listApiTokens,
  listBots,
  listBotsOf,
  listBotsWithOwners,
  listChats,
  listMessages,
  listMessagesWithAttempts,
  listProcesses,
  listSessions,
  listUsers,
  searchMessages,
  listUsersWithCounts,
  shownAccountCode,
  tallyMessages,
  usedAccountCode,
  waitingOf,
}

const WRITES = {
  addActivity,
  addBot,
  beat,
  beginUpdate,
  cancelMessage,
  changeBot,
  createAccountCode,
  createApiToken,
  createChatCode,
  createMove,
  createSession,
  createUser,
  deleteApiToken,
  deleteBot,
  deleteExpired,
  deleteSession,
  deleteSessionsOf,
  deleteUser,
  endProcess,
  endTakeOver,
  extendUpdate,
  failUpdate,
  finishUpdate,
  linkChat,
  markClock,
  migratePeer,
  noteBotMet,
  releaseBots,
  renameChat,
  resealBot,
  resendMessage,
  savePeer,
  saveSharedBot,
  setBotState,
  setDefaultChat,
  setPeerStatus,
  setUpdateOffset,
  showAccountCode,
  takeAccountCode,
  takeChatCode,
  takeMove,
  touchApiToken,
  touchSession,
  unlinkChat,
  updateUser,
  voidChatCodes,
}

/** Everything in one transaction that somebody else began. */
export function recordsInside(tx: Write): Records {
  return {
    ...bind<Write, typeof READS>(READS, (work) => work(tx)),
    ...bind<Write, typeof WRITES>(WRITES, (work) => work(tx)),
  }
}

/** Each verb for itself: reads where reads go, writes in a transaction of their own. */
export function recordsOutside(run: {
  read: (work: (read: Read) => Promise<unknown>) => Promise<unknown>
  write: (work: (tx: Write) => Promise<unknown>) => Promise<unknown>
}): Records {
  return { ...bind<Read, typeof READS>(READS, run.read), ...bind<Write, typeof WRITES>(WRITES, run.write) }
}
