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

it('says amounts with their currency', () => {
  const fault = { path: 'terms.payment.instalments', code: 'sum_differs_from_total', params: { sum_cny: '900000.00', total_cny: '1000000.00' } }
  let said = ''
  mount({ setup: () => () => (said = useProblemText().field(fault)) }, { global: { plugins: [i18n] } })
  expect(said).toBe('各期合计 ¥900,000.00，与成交总额 ¥1,000,000.00 不一致。')
})

it('says rates in percent and codes by their names', () => {
  const of = (code: string, params: Record<string, unknown>) => titleOf(new Problem({ code, status: 422, params }))
  expect(of('main_contributors_below_floor', { floor_bps: 7000, needed_bps: 7778 })).toContain('提高到至少 77.78%')
  expect(of('rule_below_legal_floor', { base: 'NET', floor_bps: 7000, floor_id: 'xinjiang-2020' })).toContain('不得低于转化净收入的 70%（xinjiang-2020）')
})
