import { mount } from '@vue/test-utils'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { expect, it } from 'vitest'
import { i18n } from '@/i18n'
import type { Match } from '../queries/matches'
import RequirementLedger from './RequirementLedger.vue'

type Line = Match['requirements'][number]

function linesOf(...requirements: Line[]): string[] {
  const ledger = mount(RequirementLedger, { props: { requirements, asks: true }, global: { plugins: [i18n, [VueQueryPlugin, { queryClient: new QueryClient() }]] } })
  return ledger.findAll('li').map((each) => each.text().replace(/\s+/g, ' '))
}

it('says what is wanted where the criterion does not, and under which conditions the claim holds', () => {
  const retention: Line = { criterion: { zh: '低温放电容量保持率', en: 'Retention in the cold' }, operator: '>=', threshold: '85', unit: '%', level: 'must', verdict: 'unmet', evidence: { zh: '容量保持率: 82 %', en: 'Retention: 82 %' }, conditions: { zh: '−30 ℃，0.5C' } }
  const [said, figured] = linesOf(retention, { ...retention, criterion: { zh: '保持率不低于 85%' } })
  expect(said).toContain('≥ 85 %')
  expect(said).toContain('容量保持率: 82 % · 测试条件：−30 ℃，0.5C')
  expect(figured).not.toContain('≥')
})

it('finds a figure in the criterion, whichever sign of minus it is written with', () => {
  const line: Line = { criterion: { zh: '充电温度下限 −20 ℃' }, operator: '<=', threshold: '-20', unit: '℃', level: 'should', verdict: 'unknown' }
  expect(linesOf(line)[0]).not.toContain('≤')
})

it('takes no part of another number for the figure', () => {
  const line: Line = { criterion: { zh: '在 pH 9.5 的 150 m³ 池中的去除率' }, operator: '>=', threshold: '5', unit: '%', level: 'must', verdict: 'unknown' }
  expect(linesOf(line)[0]).toContain('≥ 5 %')
})
