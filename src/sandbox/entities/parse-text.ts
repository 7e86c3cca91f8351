import type { MessageEntity } from '@grammyjs/types'
import { EntityFault } from './entity-fault.ts'
import { sortEntities } from './entity-order.ts'
import { parseHtml } from './parse-html.ts'
import { parseMarkdown } from './parse-markdown.ts'
import { parseMarkdownV2 } from './parse-markdown-v2.ts'

export type ParseModeName = '' | 'html' | 'markdown' | 'markdownv2'

export interface FormattedText {
  text: string
  /** Offsets and lengths in UTF-16 code units. */
  entities: MessageEntity[]
}

export type ParsedText = ({ ok: true } & FormattedText) | { ok: false; description: string }

const PARSERS: Record<ParseModeName, (raw: string) => FormattedText> = {
  '': (raw) => ({ text: raw, entities: [] }),
  html: parseHtml,
  markdown: parseMarkdown,
  markdownv2: parseMarkdownV2,
}

/**
 * Markup to text and entities, as Telegram's server does it; nothing is trimmed or detected yet. A fault is described in the
 * server's words, without the leading `Bad Request: `; byte offsets in it count UTF-8 bytes of `raw`.
 */
export function parseText(raw: string, mode: ParseModeName): ParsedText {
  try {
    const { text, entities } = PARSERS[mode](raw)
    return { ok: true, text, entities: sortEntities(entities) }
  } catch (thrown) {
    if (thrown instanceof EntityFault) return { ok: false, description: `can't parse entities: ${thrown.message}` }
    throw thrown
  }
}
