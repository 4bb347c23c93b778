import { describe, expect, it } from 'vitest'
import type { Schema } from '@/api/client'
import { achievementToContent, achievementToForm } from './achievementForm'
import { evenWeights, packageToContent, packageToForm, wholeWeight } from './packageForm'

const achievement: Schema<'AchievementContent'> = {
  title: { zh: '宽温域电解液', en: 'Wide-temperature electrolyte' },
  value_line: { zh: '零下 40 ℃ 保持率 81%' },
  claims: [{ metric: { zh: '保持率', en: 'Retention' }, value: '81', unit: '%', conditions: { zh: '−40 ℃' }, proof_kind: 'third_party', proof_file_id: 'f1' }],
  trl: 6,
  trl_evidence: [{ level: 6, text: { zh: '实车三个月', en: 'Three months in vehicles' }, file_id: 'f2' }],
  ip_items: [{ kind: 'invention', number: 'ZL202010123456.8', title: { zh: '一种电解液', en: 'An electrolyte' }, legal_state: 'granted', granted_on: '2022-05-01' }],
  contributors: [{ person_id: 'p1', role: 'COMPLETER', weight: 5 }],
  price_mode: 'agreement',
  price: { amount: '3500000.00', currency: 'CNY' },
  year: 2025,
  audience: 'PUBLIC',
  tiers: { details: 'NDA' },
  source: 'https://example.org/1',
}

const packaged: Schema<'PackageContent'> = {
  title: { zh: '成套技术' },
  components: [
    { kind: 'achievement', achievement_id: 'a1', rights: { offer: 'licence', exclusivity: 'SOLE', term_months: 36 }, weight_bps: 7000 },
    { kind: 'service', title: '调试', rights: { offer: 'service' }, weight_bps: 3000 },
  ],
  audience: 'MEMBERS',
}

describe('the form of an achievement', () => {
  it('gives back what it was filled with', () => {
    expect(achievementToContent(achievementToForm(achievement))).toEqual(achievement)
  })

  it('sends nothing that was not answered', () => {
    expect(achievementToContent(achievementToForm({}))).toEqual({ title: {}, audience: 'PUBLIC' })
  })
})

describe('the form of a package', () => {
  it('gives back what it was filled with', () => {
    expect(packageToContent(packageToForm(packaged))).toEqual(packaged)
  })

  it('takes the title of an achievement from the achievement', () => {
    const form = packageToForm(packaged)
    form.components[0]!.title = 'left over from another kind'
    expect(packageToContent(form).components?.[0]).not.toHaveProperty('title')
  })

  it.each([1, 2, 3, 6, 7, 11, 50])('splits the weight evenly over %d components, to the last basis point', (count) => {
    const weights = evenWeights(count)
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(wholeWeight)
    expect(Math.max(...weights) - Math.min(...weights)).toBeLessThanOrEqual(1)
  })
})
