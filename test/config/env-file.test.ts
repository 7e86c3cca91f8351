import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { parseEnvFile } from '../../src/config/env-file.ts'

const problemsOf = (content: string) => parseEnvFile(content).problems

test('comments, blank lines, export, quotes and values over several lines are all in order', () => {
  const content = '# hello\n\n  \nA=1\r\nexport B = "two # lines\nhere" # and a comment\nC=\'it\'\nD=\nE=a"b\nF=`x`\n'
  assert.deepEqual(parseEnvFile(content), {
    values: { A: '1', B: 'two # lines\nhere', C: 'it', D: '', E: 'a"b', F: 'x' },
    problems: [],
  })
})

test('a byte order mark at the beginning is not part of a name', () => {
  assert.deepEqual(parseEnvFile('\uFEFFPORT=1').values, { PORT: '1' })
})

test('a line without an equals sign, or with a name that cannot be one, is named by its number', () => {
  assert.deepEqual(problemsOf('PORT 8000'), ['.env line 1 is not of the form NAME=value'])
  assert.deepEqual(problemsOf('A=1\nMY-NAME=2\n=3\nsecret words'), [
    '.env line 2 is not of the form NAME=value',
    '.env line 3 is not of the form NAME=value',
    '.env line 4 is not of the form NAME=value',
  ])
})

test('a quotation mark that is never closed is named by its number', () => {
  assert.deepEqual(problemsOf('A="1\nB=2\n'), ['.env line 1 opens a quotation mark that is never closed'])
})

test('a file without problems holds what Node reads in it, and no line of it is lost', () => {
  const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,9}$/)
  const value = fc.oneof(
    fc.stringMatching(/^[a-z0-9:/._-]*$/),
    fc.stringMatching(/^[a-z #=\n]*$/).map((inside) => `"${inside}"`),
    fc.stringMatching(/^[a-z "#=\n]*$/).map((inside) => `'${inside}'`),
  )
  const line = fc.oneof(
    fc.tuple(name, value).map(([n, v]) => ({ name: n, text: `${n}=${v}` })),
    fc.constantFrom('', '  ', '# note').map((text) => ({ name: undefined, text })),
  )
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const content = lines.map(({ text }) => text).join('\n')
      const { values, problems } = parseEnvFile(content)
      assert.deepEqual(problems, [])
      assert.deepEqual(values, { ...parseEnv(content) })
      assert.deepEqual(new Set(Object.keys(values)), new Set(lines.flatMap((l) => l.name ?? [])))
    }),
  )
})
