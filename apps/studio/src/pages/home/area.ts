import { House } from 'lucide-react'
import type { Area } from '../../shell/area'

export const HOME_AREA: Area = {
  name: 'Home',
  icon: House,
  pages: [{ name: 'Home', to: '/' }],
}
