import { Anchor, Box, Center, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { LanguageSwitch } from '../shell/language-switch.tsx'
import { Logo } from '../shell/logo.tsx'
import { SchemeSwitch } from '../shell/scheme-switch.tsx'
import { usePageTitle } from '../parts/page-title.tsx'
import { useForgetAccount } from './session.ts'

/** The frame of the two pages for people who are not signed in. */
export function Entrance({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation('session')
  usePageTitle(title)
  useForgetAccount()
  return (
    <Box mih="100dvh" p="md">
      <Group justify="space-between" component="header">
        <Logo />
        <Group gap="xs">
          <LanguageSwitch />
          <SchemeSwitch />
        </Group>
      </Group>
      <Center component="main" mt={{ base: 'xl', sm: '8vh' }}>
        <Stack w="100%" maw={420}>
          <Stack gap={4}>
            <Title order={1} size="h2">
              {title}
            </Title>
            <Text c="dimmed">{t('about')}</Text>
          </Stack>
          <Paper withBorder p="lg" shadow="xs">
            {children}
          </Paper>
          <Text size="sm" c="dimmed" ta="center">
            <Anchor href="/docs" inherit>
              {t('api')}
            </Anchor>
          </Text>
        </Stack>
      </Center>
    </Box>
  )
}
