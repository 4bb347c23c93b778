import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount, RouterLinkStub } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { taxonomyKey } from '@/features/taxonomy/useTaxonomies'
import { i18n } from '@/i18n'
import { matchKeys, type NewMatch } from '../queries/matches'
import NewMatches from './NewMatches.vue'

vi.mock('@/features/account/queries/session', () => ({ useSession: () => ({ acting: ref({ id: 'plant' }) }) }))

function sectionWith(matches: NewMatch[]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(taxonomyKey, { lists: {} })
  client.setQueryData(matchKeys.fresh('zh-CN'), matches)
  return mount(NewMatches, { global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]], stubs: { RouterLink: RouterLinkStub } } })
}

const found: NewMatch = {
  id: 'm1', own_kind: 'need', own_id: 'n1', own_title: '低温电池', kind: 'package', subject_id: 'p1', title: '储能电池成果包',
  band: 'strong', reasons: [{ code: 'region_same', params: { region: '650000' } }, { code: 'within_budget' }], since: '2026-11-29T08:00:00Z',
}

describe('new strong matches', () => {
  it('tell what was found, how strong, the first reason and for which listing', () => {
    const section = sectionWith([found])
    expect(section.get('li').text()).toMatch(/成果包.*高度契合.*储能电池成果包.*同一地区.*「低温电池」/s)
    expect(section.text()).not.toContain('价格在预算内')
  })

  it('name the other side, where that is no secret', () => {
    const [named, anonymous] = sectionWith([{ ...found, organisation_name: '瀚海研究所' }, { ...found, id: 'm2' }]).findAll('li')
    expect(named?.text()).toContain('瀚海研究所 · 对应')
    expect(anonymous?.text()).not.toContain(' · ')
  })

  it('lead to the matches of the own listing', () => {
    const links = sectionWith([found, { ...found, id: 'm2', own_kind: 'achievement', own_id: 'a1', kind: 'need' }]).findAllComponents(RouterLinkStub)
    expect(links.map((each) => each.props('to'))).toEqual(['/needs/n1/matches', '/achievements/a1/matches'])
  })

  it('are no section at all where there are none', () => {
    expect(sectionWith([]).html()).toBe('<!--v-if-->')
  })
})
