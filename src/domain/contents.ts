/** A value as every database has it. */
export type Cell = string | number | null

/** Rows of one table, each with its cells in the order of `columns`. */
export interface Page {
  table: string
  columns: readonly string[]
  rows: readonly (readonly Cell[])[]
}

/** Everything that a database holds, as it was at one moment, on its way into another one or into a file. */
export interface Contents {
  /** The version of the tables: contents fit only a database that has the same. */
  schemaStep: number
  /** How many rows each table has. */
  counts: Readonly<Record<string, number>>
  /** The highest number that a peer ever had, also one that is gone: numbers are never used again. */
  lastPeerId: number
  /** To be read once. What is referred to comes before what refers to it. */
  pages: AsyncIterable<Page>
}

export function rowsIn({ counts }: Pick<Contents, 'counts'>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

/** The same contents; `seen` is told of each page's rows when they are on their way. */
export function watched(contents: Contents, seen: (rows: number) => void): Contents {
  async function* pages(): AsyncGenerator<Page> {
    for await (const page of contents.pages) {
      yield page
      seen(page.rows.length)
    }
  }
  return { ...contents, pages: pages() }
}
