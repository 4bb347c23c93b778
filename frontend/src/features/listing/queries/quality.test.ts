import { expect, it } from 'vitest'
import { gainField, gainItem } from './quality'

it.each([
  ['claims[1].proof_file_id', 'claims', 2],
  ['components[0].rights', 'components', 1],
  ['trl_evidence.4', 'trl_evidence', 4],
  ['trl_evidence', 'trl_evidence', undefined],
  ['title.en', 'title', undefined],
])('%s is about %s, item %s', (path, field, item) => {
  expect(gainField(path)).toBe(field)
  expect(gainItem(path)).toBe(item)
})
