"""Drives the whole upload dialogue of EnterpriseData with zeep, then fetches the answer.
Arguments: address of the gateway, login, password, file of the package, exchange plan, code of the node."""
import io
import json
import sys
import uuid
import zipfile

from requests import Session
from requests.auth import HTTPBasicAuth
from zeep import Client
from zeep.transports import Transport

address, login, password, path, plan, peer = sys.argv[1:7]
session = Session()
session.auth = HTTPBasicAuth(login, password)


def service(name):
    return Client(f"{address}/ws/{name}?wsdl", transport=Transport(session=session, timeout=120)).service


part_size = 1024 * 1024
upload = service("EnterpriseDataUpload_1_0_1_1")
answer = {"ping": upload.Ping()}
tested = upload.TestConnection()
answer["connected"] = [tested["return"], tested["ErrorMessage"]]

content = open(path, "rb").read()
file_id = str(uuid.uuid4())
parts = [content[at:at + part_size] for at in range(0, len(content), part_size)]
for number, part in enumerate(parts, 1):
    put = upload.PutFilePart(FileID=file_id, PartNumber=number, PartData=part)
    assert not put["ErrorMessage"], put["ErrorMessage"]
answer["parts"] = len(parts)
begun = upload.PutData(FileID=file_id)
answer["begun"] = begun["ErrorMessage"]
ended = upload.PutDataActionResult(OperationID=begun["OperationID"])
answer["ended"] = [ended["return"], ended["ErrorMessage"]]

exchange = service("EnterpriseDataExchange_1_0_1_1")
prepared = exchange.PrepareDataForGetting(ExchangePlanName=plan, PeerCode=peer, PartSize=100)
result = exchange.PrepareDataActionResult(OperationID=prepared["OperationID"])["return"]
answer["prepared"] = [result["Status"], result["PartCount"]]
packed = b"".join(
    exchange.GetDataPart(FileID=result["FileID"], PartNumber=number)["return"]
    for number in range(1, result["PartCount"] + 1)
)
archive = zipfile.ZipFile(io.BytesIO(packed))
answer["name"] = archive.namelist()
message = archive.read(archive.namelist()[0]).decode()
answer["states"] = message.count("<Справочник.СостояниеЭлектронногоДокумента>")
confirmed = exchange.ConfirmGettingFile(FileID=result["FileID"], ClearDataPool=True)
answer["confirmed"] = confirmed["ErrorMessage"]
print(json.dumps(answer, ensure_ascii=False))
