import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import { i18n } from '@/i18n'
import { useProblemText } from './useProblemText'

function titleOf(problem: Problem): string {
  let title = ''
  mount({ setup: () => () => (title = useProblemText().title(problem)) }, { global: { plugins: [i18n] } })
  return title
}
const refused = (reason: string) => new Problem({ code: 'not_allowed', status: 403, params: { reason } })

it('says why something is not allowed, where there is a sentence for it', () => {
  expect(titleOf(refused('organisation_not_verified'))).toBe('本单位通过核验后才能办理此事。')
  expect(titleOf(refused('role_missing'))).toContain('请由有相应角色的同事办理')
  expect(titleOf(refused('not_a_party'))).toBe('您没有执行此操作的权限。')
})
