import { mount } from '@vue/test-utils'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { expect, it } from 'vitest'
import { taxonomyKey } from '@/features/taxonomy/useTaxonomies'
import { i18n } from '@/i18n'
import ContributorList from './ContributorList.vue'

it('says of a contributor who has erased the account that it is so, instead of showing nothing', () => {
  const client = new QueryClient()
  client.setQueryData(taxonomyKey, { lists: { contributor_role: [{ code: 'COMPLETER', name: { zh: '完成人' } }] } })
  const contributors = [
    { person_id: 'p1', name: '阿迪力', role: 'COMPLETER' as const, weight: 1 },
    { person_id: 'p2', role: 'COMPLETER' as const, weight: 1 },
  ]
  const list = mount(ContributorList, { props: { contributors }, global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]] } })
  expect(list.findAll('li').map((each) => each.text().replace(/\s+/g, ' '))).toEqual(['阿迪力 完成人', '已注销人员 完成人'])
})
