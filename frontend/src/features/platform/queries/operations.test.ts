import { expect, it } from 'vitest'
import { kind as names } from '@/i18n/zh-CN/platform.json'
import { auditKinds, subjectAddress } from './operations'

it('leads to what everybody can open', () => {
  expect(subjectAddress({ kind: 'organisation', subject_id: 'o1' })).toBe('/organisations/o1')
  expect(subjectAddress({ kind: 'need', subject_id: 'n1' })).toBe('/needs/n1')
})

it('does not lead the operator into the rooms of the parties', () => {
  expect(subjectAddress({ kind: 'contract', subject_id: 'c1' })).toBeNull()
  expect(subjectAddress({ kind: 'achievement' })).toBeNull()
})

it('has a name for every kind that the audit can be narrowed to', () => {
  expect([...auditKinds].sort()).toEqual(Object.keys(names).sort())
})
