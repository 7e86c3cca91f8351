import { Button, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type NewApiToken, tokensQuery } from '../../api/tokens.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { NewTokenCard } from './new-token-card.tsx'
import { NewTokenForm } from './new-token-form.tsx'
import { TokenCard } from './token-card.tsx'

export function TokensPage() {
  const { t } = useTranslation('tokens')
  const { data: tokens, error, refetch } = useQuery(tokensQuery)
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<NewApiToken>()
  return (
    <>
      <PageTitle title={t('title')} about={t('about')}>
        <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
          {t('make')}
        </Button>
      </PageTitle>
      <NewTokenForm opened={making} onClose={() => setMaking(false)} onMade={setMade} />
      <Stack>
        {made && <NewTokenCard made={made} onClose={() => setMade(undefined)} />}
        <ProblemNote problem={error} again={refetch} />
        {tokens === undefined && !error && <Skeleton height={72} />}
        {tokens?.length === 0 && <EmptyState icon={KeyRound} title={t('none')} about={t('noneMore')} />}
        {tokens?.map((token) => (
          <TokenCard key={token.id} token={token} />
        ))}
      </Stack>
    </>
  )
}
