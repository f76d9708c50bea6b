/** What elements load is named by these attributes, and kept in `data-` and the name until they may. */
export const ADDRESSES = ["src", "srcset", "href", "data", "poster"];
