import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

/** Scrolls its table sideways where there is no room for all of it, by keyboard too. `label`: what is in it. */
export function WideTable({ label, minWidth, children }: { label: string; minWidth: number; children: ReactNode }) {
  const viewportProps = { tabIndex: 0, role: 'region', 'aria-label': label }
  return (
    <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ viewportProps }}>
      {children}
    </Table.ScrollContainer>
  )
}
