import { Alert, Button, Stack } from '@mantine/core'
import { CircleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useProblemText } from './problem-text.ts'
import type { Problem } from '../api/problem.ts'

interface ProblemNoteProps {
  problem: Error | null
  /** Better words for some codes. */
  known?: Record<string, string>
  /** Asks once more; for what was not the person's own doing, and so has no button of its own. */
  again?: () => Promise<unknown>
}

/** Why something did not work, where it did not. Nothing when nothing is wrong. */
export function ProblemNote({ problem, known = {}, again }: ProblemNoteProps) {
  const say = useProblemText()
  if (!problem) return null
  const code = (problem as Problem).code
  return (
    <Alert role="alert" color="red" icon={<CircleAlert aria-hidden />} p="sm">
      <Stack gap="xs" align="flex-start">
        {known[code] ?? say(problem)}
        {again && <TryAgain again={again} />}
      </Stack>
    </Alert>
  )
}

function TryAgain({ again }: { again: () => Promise<unknown> }) {
  const { t } = useTranslation()
  const [isAsking, setAsking] = useState(false)
  const ask = async (): Promise<void> => {
    setAsking(true)
    await again()
    setAsking(false)
  }
  return (
    <Button variant="default" size="compact-sm" loading={isAsking} onClick={() => void ask()}>
      {t('tryAgain')}
    </Button>
  )
}
