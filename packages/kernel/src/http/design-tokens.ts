// Written by `npm run docs` from apps/studio/src/styles.css.

/** The studio's colours, type scale, radii and shadow, as custom properties of CSS; apps/studio/DESIGN.md says when to use which. */
export const DESIGN_TOKENS = `:root {
  --color-canvas: light-dark(#ffffff, #0e1013);
  --color-surface: light-dark(#f6f7f9, #14171b);
  --color-raised: light-dark(#ffffff, #1a1e23);
  --color-sunken: light-dark(#edeff2, #22272e);
  --color-line: light-dark(#e2e5e9, #272c33);
  --color-control: light-dark(#858d98, #6c7581);
  --color-text: light-dark(#15181c, #e7eaee);
  --color-text-2: light-dark(#474e58, #b3bac4);
  --color-text-3: light-dark(#5e6671, #8e97a3);
  --color-accent: light-dark(#3a53c9, #4c65de);
  --color-on-accent: #ffffff;
  --color-link: light-dark(#2f47b8, #9fb1ff);
  --color-accent-soft: light-dark(#ebeefc, #1b2242);
  --color-focus: light-dark(#3a53c9, #8fa3ff);
  --color-danger: light-dark(#c4262c, #c93038);
  --color-danger-text: light-dark(#b01f26, #ff9592);
  --color-danger-soft: light-dark(#fdebeb, #3a1618);
  --color-warning-text: light-dark(#7f4d00, #f2b84b);
  --color-warning-soft: light-dark(#fff3dc, #33240a);
  --color-success-text: light-dark(#146c43, #5dc88d);
  --color-success-soft: light-dark(#e5f5eb, #10291c);
  --font-sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --font-mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
  --text-xs: 11px;
  --text-xs--line-height: 16px;
  --text-sm: 12px;
  --text-sm--line-height: 16px;
  --text-base: 13px;
  --text-base--line-height: 20px;
  --text-md: 14px;
  --text-md--line-height: 20px;
  --text-title: 16px;
  --text-title--line-height: 24px;
  --text-large: 20px;
  --text-large--line-height: 28px;
  --text-code: 12.5px;
  --text-code--line-height: 20px;
  --radius-mark: 3px;
  --radius-control: 5px;
  --radius-panel: 8px;
  --radius-dialog: 12px;
  --shadow-float: 0 0 0 1px light-dark(rgb(0 0 0 / 0.06), #272c33), 0 8px 24px light-dark(rgb(0 0 0 / 0.12), rgb(0 0 0 / 0.5));
}
`
