"""Sends an act with zeep and reads its status: WSDL address, login, password and a JSON document come as arguments."""
import json
import sys

from requests import Session
from requests.auth import HTTPBasicAuth
from zeep import Client
from zeep.exceptions import Fault
from zeep.transports import Transport

address, login, password, document = sys.argv[1:5]
session = Session()
session.auth = HTTPBasicAuth(login, password)
client = Client(address, transport=Transport(session=session, timeout=20))
service = client.service

answer = {"ping": service.Ping()}
connection = service.TestConnection()
answer["connected"] = connection["return"]
receipt = service.SendAct(Document=json.loads(document), Key="zeep-1", Signature=None)
answer["id"] = receipt["DocumentId"]
repeat = service.SendAct(Document=json.loads(document), Key="zeep-1", Signature=None)
answer["repeat"] = [repeat["DocumentId"], repeat["Repeat"]]
status = service.GetStatus(receipt["DocumentId"])
answer["status"] = [status["Kind"], status["SenderName"], status["State"], str(status["Date"])]
content = service.GetDocument(receipt["DocumentId"])
answer["bytes"] = len(content["return"])
changes = service.GetChanges(Cursor=None, Limit=10)
answer["changes"] = [change["Event"] for change in changes["Change"]]
try:
    service.GetStatus("no-such-document")
except Fault as fault:
    detail = client.wsdl.types.deserialize(fault.detail[0])
    answer["fault"] = [fault.code, fault.message, detail["Fault"][0]["Code"], detail["RequestId"]]
print(json.dumps(answer, ensure_ascii=False))
