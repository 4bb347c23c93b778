import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [{ path: '/compare', component: () => import('./pages/ComparePage.vue'), meta: { title: 'compare.title' } }]

export default routes
