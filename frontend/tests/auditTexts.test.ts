import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from '../src/i18n/en/audit.json'
import zhCN from '../src/i18n/zh-CN/audit.json'

/** Every action there is, as the server's policy declares them. */
const declared = [...readFileSync(join(import.meta.dirname, '../../internal/policy/actions.go'), 'utf8').matchAll(/Action = "([a-z_.]+)"/g)].map((match) => match[1] ?? '')

/** What leaves no line in the audit: who only reads, and what is recorded under another action. */
const unrecorded = [
  /\.(read(_\w+)?|list|log|hint|run|listen|precision|review_queue)$/,
  /^listing\.export$/, // the files that are made of it are the reader's own
  /^(achievement|package|need)\.edit$/, // a draft saves itself all the time; its submission is recorded
  /^record\.attach$/, // what is attached is recorded as an upload
]

function leaves(node: unknown, path: string[] = []): [string, string][] {
  if (typeof node === 'string') return [[path.join('.'), node]]
  return Object.entries(node as object).flatMap(([key, value]) => leaves(value, [...path, key]))
}

describe.each([
  ['zh-CN', zhCN],
  ['en', en],
])('the audit in %s', (_locale, texts) => {
  it('says in words every action that it records, and no other', () => {
    const recorded = declared.filter((action) => !unrecorded.some((each) => each.test(action)))
    expect(recorded.length).toBeGreaterThan(100)
    expect(leaves(texts).map(([action]) => action).sort()).toEqual(recorded.sort())
  })

  it('says each in words of its own', () => {
    const texted = leaves(texts).map(([, text]) => text)
    expect(texted.filter((text, index) => texted.indexOf(text) !== index)).toEqual([])
  })
})
