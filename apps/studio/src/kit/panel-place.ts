/** Where a panel with details is while there is no room beside the list: over it, from the top bar down to the end, or to the bar of phones. */
export const PANEL_OVER_LIST =
  'max-lg:fixed max-lg:top-11 max-lg:right-0 max-lg:bottom-0 max-lg:z-20 max-lg:max-w-[100vw] max-lg:shadow-float max-sm:bottom-12'
