import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/my/listings', component: () => import('./pages/MyListingsPage.vue'), meta: { work: true, title: 'shell.nav.listings' } },
]

export default routes
