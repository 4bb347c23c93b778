import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { taxonomyKey } from '@/features/taxonomy/useTaxonomies'
import { i18n } from '@/i18n'
import ComparedValue from './ComparedValue.vue'

function shown(field: string, value: unknown, other: unknown) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(taxonomyKey, { lists: { tier: [{ code: 'NDA', name: { zh: '保密协议' } }, { code: 'MEMBERS', name: { zh: '认证会员' } }] } })
  return mount(ComparedValue, { props: { field, value, other }, global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]] } })
}

it('says who may read which field, with what the other side lacks marked', () => {
  const tiers = shown('tiers', { details: 'NDA', price: 'MEMBERS' }, { details: 'NDA' })
  expect(tiers.text()).toMatch(/：保密协议、.+：认证会员$/)
  expect(tiers.findAll('mark').map((mark) => mark.text())).toEqual([expect.stringMatching(/：认证会员$/)])
  expect(shown('audience', 'MEMBERS', undefined).text()).toBe('认证会员')
})
