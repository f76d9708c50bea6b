/**
 * What elements load is named by these attributes, and kept in `data-` and the name until they may. In the order in which they are
 * given back: WebKit asks for an `src` at once, though a `srcset` has something better.
 */
export const ADDRESSES = ["srcset", "src", "href", "data", "poster"];
