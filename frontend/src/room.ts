/** The room page's script. */
import { QrBadge } from "./elements/qr-badge";
import { QrCode } from "./elements/qr-code";
import { QrControls } from "./elements/qr-controls";
import { QrHostRail } from "./elements/qr-host-rail";
import { QrRoom } from "./elements/qr-room";
import { QrTalk } from "./elements/qr-talk";
import { QrTiles } from "./elements/qr-tiles";
import { QrWaiting } from "./elements/qr-waiting";

// Parts first: the page's own element makes them as soon as it is defined.
customElements.define("qr-badge", QrBadge);
customElements.define("qr-code", QrCode);
customElements.define("qr-talk", QrTalk);
customElements.define("qr-controls", QrControls);
customElements.define("qr-host-rail", QrHostRail);
customElements.define("qr-tiles", QrTiles);
customElements.define("qr-waiting", QrWaiting);
customElements.define("qr-room", QrRoom);
