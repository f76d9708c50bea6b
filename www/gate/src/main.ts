/** The entry: the edge wraps this script in a function whose parameter is the payload. */
import { gate } from "./gate";

gate();
