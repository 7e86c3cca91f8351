import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageRow } from '../../api/message-rows.ts'
import { MessageBadge } from '../../parts/message-badge.tsx'
import { When } from '../../parts/when.tsx'
import { isolated } from '../../texts/isolated.ts'
import classes from './message-list.module.css'
import { rowWords } from './row-words.ts'
import { useMessageHref } from './use-follow-row.ts'

/** One message in the list; all of it leads to the message. */
export const MessageRowLink = memo(function MessageRowLink({ row, chat }: { row: MessageRow; chat: string | null }) {
  const { t, i18n } = useTranslation('messages')
  const hrefOf = useMessageHref()
  const words = [rowWords(row, t, i18n.language), chat === null ? t('unlinkedChat') : isolated(chat)]
    .filter((word) => word !== '')
    .join(' · ')
  return (
    <a href={hrefOf(row.id)} data-message={row.id} className={classes['row']}>
      <span className={classes['state']}>
        <MessageBadge status={row.status} />
      </span>
      <span className={classes['line']} dir="auto">
        {row.line === '' ? t('noWords') : row.line}
      </span>
      <span className={classes['words']} title={words}>
        {words}
      </span>
      <span className={classes['time']}>
        <When at={row.createdAt} />
      </span>
    </a>
  )
})
