/** The devices page's script. */
import { QrDevices } from "./elements/qr-devices";

customElements.define("qr-devices", QrDevices);
