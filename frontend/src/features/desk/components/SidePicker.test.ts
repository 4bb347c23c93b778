import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { listingKeys } from '@/features/listing/queries/listings'
import type { RelatedListing } from '@/features/match/queries/related'
import { taxonomyKey } from '@/features/taxonomy/useTaxonomies'
import { i18n } from '@/i18n'
import SidePicker from './SidePicker.vue'

function candidate(id: string, rest: Omit<RelatedListing, 'listing'>): RelatedListing {
  return { listing: { id, kind: 'achievement', title: { text: id } } as RelatedListing['listing'], ...rest }
}

function pickerBeside(results: RelatedListing[], typed: RelatedListing[] = []) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(taxonomyKey, { lists: {} })
  client.setQueryData([...listingKeys.of('need', 'n1'), 'related'], { results, needs: [] })
  const kinds = ['achievement', 'package'] as const
  client.setQueryData(['side-picker', kinds, '电池', 'zh-CN'], typed.map(({ listing }) => listing))
  client.setQueryData([...listingKeys.of('need', 'n1'), 'related', typed.map(({ listing }) => listing.id)], { results: typed, needs: [] })
  return mount(SidePicker, {
    props: { kinds: [...kinds], path: 'subject_id', label: '成果', beside: { id: 'n1', title: '需求' } },
    global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]] },
  })
}

function candidatesIn(picker: ReturnType<typeof pickerBeside>): string[] {
  return picker.findAll('li').map((each) => each.text().replaceAll(/\s+/g, ''))
}

describe('what may fit beside a need', () => {
  it('stands there with how well it fits and the first three reasons', () => {
    const reasons = ['no_shared_terms', 'within_budget', 'same_industry', 'alike_in_meaning'].map((code) => ({ code }))
    const [shown] = candidatesIn(pickerBeside([candidate('甲', { band: 'strong', reasons })]))
    expect(shown).toBe('成果高度契合甲没有共同的关键词；价格在预算内；同一行业')
  })

  it('has no band where the model would not show the pair', () => {
    const [shown] = candidatesIn(pickerBeside([candidate('乙', { reasons: [] })]))
    expect(shown).toBe('成果乙')
  })

  it('has it too where it was searched for', async () => {
    vi.useFakeTimers()
    const picker = pickerBeside([candidate('甲', { band: 'strong', reasons: [] })], [candidate('丙', { band: 'possible', reasons: [{ code: 'no_shared_terms' }] }), candidate('丁', { reasons: [] })])
    await picker.get('input[type=search]').setValue('电池')
    await vi.runAllTimersAsync()
    expect(candidatesIn(picker)).toEqual(['成果可能相关丙没有共同的关键词', '成果丁'])
    vi.useRealTimers()
  })
})
