import type { RouteRecordRaw } from 'vue-router'

const page = () => import('./pages/MatchesPage.vue')

const routes: RouteRecordRaw[] = [
  { path: '/needs/:id/matches', component: page, props: { kind: 'need' }, meta: { work: true, compares: true, title: 'match.title.need' } },
  { path: '/packages/:id/matches', component: page, props: { kind: 'package' }, meta: { work: true, compares: true, title: 'match.title.package' } },
  { path: '/achievements/:id/matches', component: page, props: { kind: 'achievement' }, meta: { work: true, compares: true, title: 'match.title.achievement' } },
  { path: '/matching/precision', component: () => import('./pages/PrecisionPage.vue'), meta: { title: 'precision.title' } },
]

export default routes
