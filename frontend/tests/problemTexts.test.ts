import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from '../src/i18n/en'
import zhCN from '../src/i18n/zh-CN'

/** The server's own source, where the codes of problems are written down. */
const internal = join(import.meta.dirname, '../../internal')

function goFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'testdata' || entry.name === 'oas' ? [] : goFiles(path)
    return entry.name.endsWith('.go') && !entry.name.endsWith('_test.go') ? [path] : []
  })
}

const source = goFiles(internal)
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')

function codes(pattern: RegExp): string[] {
  return [...new Set([...source.matchAll(pattern)].map((match) => match[1] ?? ''))].sort()
}

const problemCodes = codes(/errs\.(?:New|Newp|Wrap)\(errs\.\w+, "([a-z_]+)"/g)
const fieldCodes = codes(/errs\.Field\{[^}]*Code: "([a-z_]+)"/g)

interface Texts {
  problem: { code: Record<string, string>; field: Record<string, string> }
}

describe.each([
  ['zh-CN', zhCN as unknown as Texts],
  ['en', en as unknown as Texts],
])('problems in %s', (_locale, { problem }) => {
  it('have a sentence for every code the server can answer with', () => {
    expect(problemCodes.length).toBeGreaterThan(30)
    expect(problemCodes.filter((code) => !problem.code[code])).toEqual([])
  })

  it('have a sentence for every fault a field can have', () => {
    expect(fieldCodes.length).toBeGreaterThan(5)
    expect(fieldCodes.filter((code) => !problem.field[code] && !problem.code[code])).toEqual([])
  })
})
