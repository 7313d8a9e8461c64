"""The kernels that clients have named to sessions of this server."""

from __future__ import annotations

import asyncio
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

import zmq.asyncio
from tornado.web import HTTPError

from . import gateway
from .courier import Courier
from .desk import KernelDesk
from .gateway_transport import GatewayTransport
from .moves import wait_for_all
from .zmq_transport import ZmqTransport

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_events import EventLogger
    from jupyter_server.serverapp import ServerApp

    from .clock import Clock
    from .models import Context
    from .session import Session
    from .transport import Transport

#: Starts, restarts and shut-downs, by whomever; see jupyter_server's event schemas.
KERNEL_EVENTS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"

#: Seconds after which a kernel that was shut down has been removed by the server.
_GONE_AFTER = 2.0


class Kernels:
    """Who is served: nobody else than the kernels that were named.

    Never a kernel without a Jupyter session: behind Voilà's a viewer would act as
    the owner.
    """

    def __init__(
        self, app: ServerApp, clock: Clock, bootstrap: Callable[[], str]
    ) -> None:
        """Follow the kernels of ``app``; ``bootstrap`` gives the code for the agent."""
        self._app = app
        self._clock = clock
        self._bootstrap = bootstrap
        self._holder = f"server-{secrets.token_hex(8)}"
        self._zmq: zmq.asyncio.Context | None = None
        self._served: dict[str, _Served] = {}
        self._events = app.event_logger
        if self._events is not None:
            self._events.add_listener(
                schema_id=KERNEL_EVENTS, listener=self._on_kernel_event
            )

    def count(self, session: Session) -> int:
        """Count the kernels that are served for a session."""
        return len(self.of(session))

    def of(self, session: Session) -> dict[str, str]:
        """Give the kernels served for a session, with their couriers' states."""
        return {
            id_: served.courier.state
            for id_, served in self._served.items()
            if session.id in served.desk.sessions and id_ in self._app.kernel_manager
        }

    async def name(
        self, session: Session, kernel_ids: tuple[str, ...], context: Context | None
    ) -> None:
        """Serve these kernels from now on; those that don't exist are left out."""
        for id_ in kernel_ids:
            # It may have been signed out while the kernels are looked up.
            if not await self._is_there(id_) or session.is_closed:
                continue
            served = self._served.get(id_)
            if served is None:
                served = self._served[id_] = self._make(id_)
                served.desk.name(session, context)
                served.open()
                continue
            is_news = served.desk.name(session, context)
            courier = served.courier
            is_moving = session.replaces and not courier.moves.is_told(session.id)
            if is_moving or courier.instance is None:
                # The agent is greeted first: where a session is moved nobody has chosen
                # anything just now, and it may follow what was chosen elsewhere since.
                courier.attach()
            elif is_news and served.desk.is_chosen:
                courier.send_context()
            elif is_news:
                # The kernel may follow what somebody has chosen.
                courier.greet_again()

    async def unheard(self, session: Session, kernel_ids: tuple[str, ...]) -> list[str]:
        """Give those of the kernels that don't know yet which session it replaces.

        It waits a moment for those that are just being told.
        """
        if session.replaces is None:
            return []
        there = [id_ for id_ in kernel_ids if id_ in self._app.kernel_manager]
        served = {id_: one for id_, one in self._served.items() if id_ in there}
        await wait_for_all([one.courier.moves for one in served.values()], session.id)
        return [
            id_
            for id_ in there
            if id_ not in served or not served[id_].courier.moves.is_known(session.id)
        ]

    async def forget(self, session_id: str) -> None:
        """Serve a session no more, and tell its kernels that it is over.

        Those that don't answer now are told later. A kernel is left once it knows, if
        no other session serves it.
        """
        told = []
        for served in self._served.values():
            if session_id in served.desk.sessions:
                served.desk.leave(session_id)
                told.append(served.courier.say_bye(session_id))
        await asyncio.gather(*told)

    async def close(self) -> None:
        """Leave all kernels; the server stops."""
        if self._events is not None:
            self._events.remove_listener(
                schema_id=KERNEL_EVENTS, listener=self._on_kernel_event
            )
        ending = [task for served in self._served.values() for task in served.close()]
        self._served.clear()
        if ending:
            await asyncio.wait(ending)
        if self._zmq is not None:
            self._zmq.destroy(linger=0)

    def _make(self, kernel_id: str) -> _Served:
        manager = self._app.kernel_manager.get_kernel(kernel_id)
        desk = KernelDesk(partial(self._is_there, kernel_id))
        remove = partial(self._remove, kernel_id)
        transport = self._reach(manager, kernel_id, remove)
        courier = Courier(transport, desk, self._clock, self._holder, self._bootstrap())
        courier.on_done = remove
        return _Served(manager, desk, courier, remove)

    def _reach(
        self,
        manager: Any,  # noqa: ANN401 - a class that the server's owner can configure
        kernel_id: str,
        remove: Callable[[], None],
    ) -> Transport:
        if gateway.keeps(manager):
            transport = GatewayTransport(kernel_id, self._clock, self._app.log)
            transport.on_gone = remove
            return transport
        self._zmq = self._zmq or zmq.asyncio.Context()
        return ZmqTransport(manager, self._zmq)

    async def _is_there(self, kernel_id: str) -> bool:
        """Tell whether it is a kernel of a Jupyter session that can be reached."""
        if kernel_id not in self._app.kernel_manager:
            return False
        manager = self._app.kernel_manager.get_kernel(kernel_id)
        # Kernels that are kept elsewhere have no ports here.
        if not (getattr(manager, "control_port", 0) or gateway.keeps(manager)):
            return False
        try:
            await self._app.session_manager.get_session(kernel_id=kernel_id)
        except HTTPError:
            return False
        return True

    async def _on_kernel_event(
        self,
        logger: EventLogger,  # noqa: ARG002 - called by its names
        schema_id: str,  # noqa: ARG002
        data: dict[str, Any],
    ) -> None:
        served = self._served.get(data.get("kernel_id", ""))
        if served is None or data.get("status") != "success":
            return
        if data["action"] in {"restart", "start"}:
            served.courier.restarted()
        elif data["action"] == "shutdown":
            # A restart can begin with one, so look whether it is gone a bit later.
            loop = asyncio.get_running_loop()
            loop.call_later(_GONE_AFTER, self._remove_if_gone, data["kernel_id"])

    def _remove_if_gone(self, kernel_id: str) -> None:
        if kernel_id not in self._app.kernel_manager:
            self._remove(kernel_id)

    def _remove(self, kernel_id: str) -> None:
        served = self._served.pop(kernel_id, None)
        if served is not None:
            served.close()


class _Served:
    """One kernel, its courier, and what its manager tells about it."""

    def __init__(
        self,
        manager: Any,  # noqa: ANN401 - a class that the server's owner can configure
        desk: KernelDesk,
        courier: Courier,
        remove: Callable[[], None],
    ) -> None:
        """Prepare; nothing is followed yet."""
        self.desk = desk
        self.courier = courier
        self._manager = manager
        self._remove = remove

    def open(self) -> None:
        """Follow the kernel, and look for its agent."""
        # Of a death the restarter tells, before it starts the new process.
        self._manager.add_restart_callback(self.courier.attach, "restart")
        self._manager.add_restart_callback(self._remove, "dead")
        if self._manager.has_trait("execution_state"):
            self._manager.observe(self._on_status, "execution_state")
        self.courier.open()

    def close(self) -> list[asyncio.Task[Any]]:
        """Leave the kernel, and give what then comes to its end."""
        self._manager.remove_restart_callback(self.courier.attach, "restart")
        self._manager.remove_restart_callback(self._remove, "dead")
        if self._manager.has_trait("execution_state"):
            self._manager.unobserve(self._on_status, "execution_state")
        return self.courier.close()

    def _on_status(self, _change: object) -> None:
        self.courier.status_changed()
