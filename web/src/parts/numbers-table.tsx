import { VisuallyHidden } from '@mantine/core'

interface NumbersTableProps<Name extends string> {
  caption: string
  /** What the rows are. */
  first: string
  columns: readonly { name: Name; label: string }[]
  rows: readonly ({ start: string } & Record<Name, number>)[]
}

/** The numbers of a chart, for those who do not see it. */
export function NumbersTable<Name extends string>({ caption, first, columns, rows }: NumbersTableProps<Name>) {
  return (
    <VisuallyHidden>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {columns.map(({ name, label }) => (
              <th key={name} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // Two hours of one name are one night of a clock set back.
            <tr key={index}>
              <th scope="row">{row.start}</th>
              {columns.map(({ name }) => (
                <td key={name}>{row[name]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  )
}
