import { account } from './account.ts'
import { bots } from './bots.ts'
import { chats } from './chats.ts'
import { common } from './common.ts'
import { home } from './home.ts'
import { messages } from './messages.ts'
import { operator } from './operator.ts'
import { problems } from './problems.ts'
import { reasons } from './reasons.ts'
import { session } from './session.ts'
import { tokens } from './tokens.ts'

/** The same in Russian: a test compares the keys. */
export const RU = { account, bots, chats, common, home, messages, operator, problems, reasons, session, tokens }
