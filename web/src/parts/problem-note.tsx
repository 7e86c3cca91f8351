import { Alert } from '@mantine/core'
import { CircleAlert } from 'lucide-react'
import { useProblemText } from './problem-text.ts'
import type { Problem } from '../api/problem.ts'

/** Why something did not work, where it did not. Nothing when nothing is wrong. `known`: better words for some codes. */
export function ProblemNote({ problem, known = {} }: { problem: Error | null; known?: Record<string, string> }) {
  const say = useProblemText()
  if (!problem) return null
  const code = (problem as Problem).code
  return (
    <Alert role="alert" color="red" icon={<CircleAlert aria-hidden />} p="sm">
      {known[code] ?? say(problem)}
    </Alert>
  )
}
