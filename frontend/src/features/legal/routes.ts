import type { RouteRecordRaw } from 'vue-router'

const page = () => import('./pages/LegalPage.vue')

const routes: RouteRecordRaw[] = [
  { path: '/terms', component: page, props: { paper: 'terms' }, meta: { title: 'legal.terms.title' } },
  { path: '/privacy', component: page, props: { paper: 'privacy' }, meta: { title: 'legal.privacy.title' } },
]

export default routes
