import { Button, Center, Stack, Text, Title } from '@mantine/core'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { usePageTitle } from '../parts/page-title.tsx'
import { useProblemText } from '../parts/problem-text.ts'

/** Instead of a page that could not be drawn: why, and what to try. */
export function BrokenPage({ error }: ErrorComponentProps) {
  const { t } = useTranslation()
  const router = useRouter()
  const say = useProblemText()
  usePageTitle(t('broken'))
  return (
    <Center mih="60dvh" p="md" component="main">
      <Stack align="center" role="alert">
        <Title order={1} size="h3">
          {t('broken')}
        </Title>
        <Text c="dimmed" ta="center" maw={480}>
          {say(error instanceof Error ? error : new Error(String(error)))}
        </Text>
        <Button onClick={() => void router.invalidate()}>{t('tryAgain')}</Button>
      </Stack>
    </Center>
  )
}

/** Within the frame of the account's pages. */
export function NoSuchPage() {
  const { t } = useTranslation()
  usePageTitle(t('noSuchPage'))
  return (
    <Center mih="60dvh" p="md">
      <Stack align="center">
        <Title order={1} size="h3">
          {t('noSuchPage')}
        </Title>
        <Button component={Link} to="/">
          {t('goHome')}
        </Button>
      </Stack>
    </Center>
  )
}
