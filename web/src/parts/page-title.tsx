import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useLayoutEffect } from 'react'

/** The name of the page in the browser's tab and history: there as soon as the page is, and not a moment later. */
export function usePageTitle(title: string): void {
  useLayoutEffect(() => {
    document.title = `${title} · Postrider`
  }, [title])
}

/** The heading of a page: what it is, in a sentence what for, and what can be done here. */
export function PageTitle({ title, about, children }: { title: string; about?: ReactNode; children?: ReactNode }) {
  usePageTitle(title)
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      <Stack gap={2} flex="1 1 16rem" miw={0}>
        <Title order={1} size="h2" className="anywhere">
          {title}
        </Title>
        {about !== undefined && (
          <Text c="dimmed" maw="42rem" className="anywhere">
            {about}
          </Text>
        )}
      </Stack>
      {children}
    </Group>
  )
}
