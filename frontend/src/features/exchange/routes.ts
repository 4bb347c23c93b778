import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/my/imports', component: () => import('./pages/ImportsPage.vue'), meta: { work: true, title: 'exchange.title' } },
  { path: '/my/imports/:id', component: () => import('./pages/ImportPage.vue'), props: true, meta: { work: true, title: 'exchange.preview' } },
]

export default routes
