import type { MessageEntity } from '@grammyjs/types'

type FoundType = 'mention' | 'bot_command' | 'hashtag' | 'cashtag' | 'phone_number'

const WORD = String.raw`\p{L}\p{N}_`
const TAG = String.raw`\p{Nd}\p{L}_\u200c\u00b7\u0d80-\u0dff`

/** The rules of TDLib's `match_mentions`, `match_bot_commands`, `match_hashtags` and `match_cashtags` as expressions. */
const MENTION = new RegExp(`(?<![${WORD}])@[a-zA-Z0-9_]{2,32}(?![${WORD}])`, 'gu')
const COMMAND = new RegExp(
  String.raw`(?<![${WORD}/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32}(?![${WORD}/<>])|(?![${WORD}/<>@]))`,
  'gu',
)
const HASHTAG = new RegExp(`(?<![${TAG}])#([${TAG}]+)(?![${TAG}#])`, 'gu')
const CASHTAG = new RegExp(String.raw`(?<![${TAG}$])\$(?:1INCH|[A-Z]{1,8})(?![${TAG}$])`, 'gu')
/** The server's own rule is not public: an international number of 7 to 15 digits, in the groups in which people write it. */
const PHONE = /(?<![\p{L}\p{N}_+])\+\d(?:[ .-]?\(?\d\)?){6,14}(?![\p{L}\p{N}_])/gu

/** Longest hashtag, in characters; the rest of a longer word stays plain. */
const MAX_HASHTAG = 256
/** Usernames have four letters or more, but for these. */
const SHORT_USERNAMES: ReadonlySet<string> = new Set(['gif', 'vid', 'pic'])

/** Mentions, commands, hashtags, cashtags and phone numbers of a text, in no particular order. */
export function findWords(text: string): MessageEntity[] {
  return [
    ...find('mention', text, MENTION).filter((entity) => isUsername(text, entity)),
    ...find('bot_command', text, COMMAND),
    ...findHashtags(text),
    ...find('cashtag', text, CASHTAG),
    ...find('phone_number', text, PHONE),
  ]
}

function find(type: FoundType, text: string, pattern: RegExp): MessageEntity[] {
  return [...text.matchAll(pattern)].map((match) => ({ type, offset: match.index, length: match[0].length }))
}

function isUsername(text: string, { offset, length }: MessageEntity): boolean {
  return length > 4 || SHORT_USERNAMES.has(text.slice(offset + 1, offset + length).toLowerCase())
}

function findHashtags(text: string): MessageEntity[] {
  return [...text.matchAll(HASHTAG)].flatMap((match): MessageEntity[] => {
    const tag = Array.from(match[1] ?? '')
      .slice(0, MAX_HASHTAG)
      .join('')
    return /\p{L}/u.test(tag) ? [{ type: 'hashtag', offset: match.index, length: 1 + tag.length }] : []
  })
}
