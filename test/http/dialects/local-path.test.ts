import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { localPath } from '../../../src/http/dialects/local-path.ts'

test('a path of this server is where to go, with its query, in ASCII', () => {
  for (const path of ['/', '/token/', '/message/?limit=2&x=%2F#end', '/a/b']) assert.equal(localPath(path), path)
  assert.equal(localPath('/привет мир'), '/%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82%20%D0%BC%D0%B8%D1%80')
})

test('what leads elsewhere is nowhere to go, however it is written', () => {
  const elsewhere = [
    '',
    'token',
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    '/..//evil.example',
    '/./\\evil.example',
    '/a/../..//evil.example',
    '/%2e%2e//evil.example',
    'javascript:alert(1)',
    '//',
    '///evil.example',
  ]
  for (const path of elsewhere) assert.equal(localPath(path), undefined, JSON.stringify(path))
})

test('whatever is asked for, a browser stays here', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%2f',
    '\t',
    '\r\n',
    '@',
    ':',
    'evil.example',
    '?',
    '#',
    ' ',
  )
  const asked = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => `/${pieces.join('')}`),
  )
  fc.assert(
    fc.property(asked, (text) => {
      const path = localPath(text)
      if (path === undefined) return
      assert.equal(new URL(path, 'https://postrider.example').origin, 'https://postrider.example')
      assert.match(path, /^\/(?![/\\])[\x21-\x7e]*$/)
    }),
  )
})
