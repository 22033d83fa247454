"""Logs in, uploads one invoice and asks for its status with zeep. One JSON argument says where and what."""
import json
import sys

from requests import Session
from zeep import Client
from zeep.exceptions import Fault
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

task = json.loads(sys.argv[1])


def service(name, **options):
    client = Client(task["wsdl"][name], transport=Transport(session=Session(), timeout=20), **options)
    binding = next(iter(client.wsdl.bindings))
    return client, client.create_service(binding, task["url"] + "/" + name)


sessions_client, sessions = service("SessionService", wsse=UsernameToken(task["iin"], task["password"]))
_, uploads = service("UploadInvoiceService")
invoices_client, invoices = service("InvoiceService")

session_id = sessions.createSession(tin=task["tin"], x509Certificate=task["certificate"])
answer = {"sessionId": session_id}
upload = uploads.syncInvoice(
    sessionId=session_id,
    invoiceUploadInfoList={
        "invoiceUploadInfo": [
            {
                "invoiceBody": task["body"],
                "version": "InvoiceV2",
                "signature": task["signature"],
                "signatureType": "COMPANY",
            }
        ]
        * 2
    },
    x509Certificate=task["certificate"],
)
accepted = upload["acceptedSet"]["standardResponse"]
answer["accepted"] = [str(one["id"]) for one in accepted]
answer["declined"] = [
    error["errorCode"] for one in upload["declinedSet"]["standardResponse"] for error in one["errors"]["error"]
]
# An answer that is one list comes as the list itself.
summary = invoices.queryInvoiceSummaryById(sessionId=session_id, idList={"id": [accepted[0]["id"]]})
answer["status"] = [[one["invoiceStatus"], one["registrationNumber"]] for one in summary]
updates = invoices.queryUpdates(
    sessionId=session_id,
    lastEventDate="2026-01-01T00:00:00Z",
    direction="OUTBOUND",
    fullInfoOnStatusChange=True,
)
answer["bodies"] = [one["invoiceBody"] for one in updates["invoiceInfoList"]["invoiceInfo"]]
try:
    invoices.queryInvoiceSummaryById(sessionId="nobody", idList={"id": [1]})
except Fault as fault:
    answer["fault"] = [fault.message, fault.detail[0][0].text]
answer["closed"] = sessions.closeSession(sessionId=session_id)
print(json.dumps(answer, ensure_ascii=False))
